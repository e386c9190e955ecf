/** A real server of the demo: answers every GET with its own name, given with its address and port. */
import { createServer } from 'node:http';

const [name = '', address = '', port = ''] = process.argv.slice(2);
createServer((_request, response) => response.end(`${name}\n`)).listen(Number(port), address, () => {
  process.stdout.write('ready\n');
});
