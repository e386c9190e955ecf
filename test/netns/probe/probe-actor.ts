// Runs one probe in this namespace and prints its result.
import type { CheckerProbe } from '#config/index.js';
import { Prober } from '#probe/index.js';

const prober = new Prober();
prober.start('probe', JSON.parse(process.argv[2] ?? '{}') as CheckerProbe, 0, (result) => {
  console.log(JSON.stringify(result));
  prober.close();
});
