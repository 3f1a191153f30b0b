// A function's clock, set from outside: so many ms ahead of the machine's, as the file CLOCK_OFFSET_FILE says. The real
// back-off of half a minute can then be waited for in no time, without a test hook in the product.
const { readFileSync } = require('node:fs');

const RealDate = Date;
const offset = () => Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8') || 0);

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset());
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset();
  }
};
