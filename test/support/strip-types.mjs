import { stripTypeScriptTypes } from 'node:module';

// Node's own type stripping keeps every position, so no source map and no transpiler are needed.
export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
