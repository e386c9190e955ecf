// In the guest: writes what the story needs (`write FOLDER`), or is all the servers at once (`serve`).
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { cases, configurationIn, portOf, type Behaviour } from './checkers-cast.js';

const [, , command, folder = ''] = process.argv;

if (command === 'write') write();
else serve();

function write(): void {
  const script = (text: string) => ({ mode: 0o755, text: `#!/bin/sh\n${text}` });
  const files = {
    'keepalived.conf': { mode: 0o644, text: configurationIn(folder) },
    ports: { mode: 0o644, text: cases.map(({ name }, index) => `${name} ${portOf(index)}\n`).join('') },
    'told.sh': script(`echo "$2" >>${folder}/told.$1\n`),
    // Each run takes the first word of its case's list, and leaves the last one.
    'misc.sh': script(
      `list=${folder}/acts.$1; read -r act rest <$list; [ -z "$rest" ] || echo "$rest" >$list\n` +
        `case $act in\n` +
        `hang) exec sleep 600 ;;\n` +
        `hang-on) trap '' TERM; sleep 600 & sleep 600; sleep 600 ;;\n` +
        `kill) kill -9 $$ ;;\n` +
        `*) exit $act ;;\nesac\n`,
    ),
  };
  for (const [name, { mode, text }] of Object.entries(files))
    writeFileSync(`${folder}/${name}`, text, { mode });
  cases.forEach(({ script: acts }, index) => {
    if (acts) writeFileSync(`${folder}/acts.${index}`, `${acts.join(' ')}\n`);
  });
}

function serve(): void {
  const busy = new Set(cases.flatMap(({ server }, index) => (server ? [index] : [])));
  const spent = (index: number) => {
    if (busy.delete(index) && busy.size === 0) console.log('all have done all that they do');
  };
  cases.forEach(({ server }, index) => {
    if (!server) return;
    const left = [...server.acts];
    const act = (): Behaviour => {
      if (left.length === 1) spent(index);
      return left.length > 1 ? left.shift()! : left[0]!;
    };
    if (server.kind === 'tcp') {
      createServer((socket) => {
        socket.on('error', () => undefined);
        asMailServer(socket, act());
      }).listen(portOf(index));
      return;
    }
    const socket = createSocket('udp4');
    socket.on('message', (request, { port, address }) => {
      const answer = asDatagramServer(request, act());
      if (answer) socket.send(answer, port, address);
    });
    socket.bind(portOf(index));
  });
  console.log('the servers are there');
}

function asMailServer(socket: Socket, behaviour: Behaviour): void {
  const greeting = '220 mail.example.net ready\r\n';
  switch (behaviour) {
    case 'banner':
      socket.end('554 no\r\n');
      return;
    case 'garbage':
      socket.end(Buffer.concat([Buffer.alloc(100, 0xee), Buffer.from('\n')]));
      return;
    case 'overlong':
      socket.write('x'.repeat(2000) + '\r\n');
      return;
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'mute':
      return;
    case 'trickle': {
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(greeting.charAt(sent));
        sent += 1;
        if (sent === greeting.length) clearInterval(timer);
      }, 50);
      break;
    }
    default:
      socket.write(greeting);
  }
  socket.on('data', (bytes) => {
    if (bytes.includes('HELO')) socket.write(behaviour === 'helo' ? '500 what?\r\n' : '250 welcome\r\n');
    else if (behaviour === 'hang-up') socket.destroy();
    else socket.end('221 bye\r\n');
  });
}

function asDatagramServer(request: Buffer, behaviour: Behaviour): Buffer | undefined {
  const answer = (flags: number, id = request.readUInt16BE(0)): Buffer => {
    const copy = Buffer.from(request);
    copy.writeUInt16BE(id, 0);
    copy.writeUInt16BE(flags, 2);
    return copy;
  };
  switch (behaviour) {
    case 'answer':
      return answer(0x8180);
    case 'truncated':
      return answer(0x8380);
    case 'servfail':
      return answer(0x8182);
    case 'nxdomain':
      return answer(0x8183);
    case 'wrong-id':
      return answer(0x8180, request.readUInt16BE(0) ^ 1);
    case 'question':
      return answer(0x0100);
    case 'short':
      return request.subarray(0, 11);
    case 'match':
      return Buffer.from([1, 0xf2, 3, 4]);
    case 'mismatch':
      return Buffer.from([1, 0xf3, 3, 4]);
    case 'too-short':
      return Buffer.from([1, 0xf2]);
    case 'too-long':
      return Buffer.from([1, 0xf2, 3, 4, 5, 6]);
    default:
      return undefined;
  }
}
