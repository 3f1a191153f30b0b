// Where no small disk can be mounted: from the moment that the file FULL_DISK_FLAG is there, every file that this process
// opens to write, or writes at once, is created and stays empty, as on a full disk.
const { existsSync } = require('node:fs');
const files = require('node:fs/promises');
const { syncBuiltinESMExports } = require('node:module');

const { open, writeFile } = files;
const isFull = () => existsSync(process.env.FULL_DISK_FLAG);
const noSpace = async () => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    errno: -28,
    syscall: 'write',
  });
};

files.open = async (...how) => {
  const file = await open(...how);
  if (isFull()) file.writeFile = noSpace;
  return file;
};
files.writeFile = async (path, body, ...how) => {
  if (!isFull()) return writeFile(path, body, ...how);
  await writeFile(path, '', ...how);
  return noSpace();
};
syncBuiltinESMExports();
