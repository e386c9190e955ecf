import { parseArgs } from 'node:util';
import { nearest } from '../../config/nearest.js';
import { now } from '../../kernel/clock.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { RouteSocket } from '../../kernel/rtnetlink.js';
import { SegmentSocket, VRRP_GROUPS } from '../../kernel/segment-socket.js';
import { decodeSegmentAdvert, SegmentSurvey } from '../../vrrp/index.js';
import { renderScan, scannedSpeaker, type ScanDocument } from '../scan-text.js';

export const scanUsage = `understudy scan INTERFACE [--seconds N] [--json]
  Listens on an interface and lists every router that speaks VRRP there: VRID, version, priority, interval, addresses,
  authentication, MAC; and which of them cannot be of one mind. Says nothing itself. 10 seconds unless told; Ctrl-C
  ends it early. Needs CAP_NET_RAW.
  Exit status: 0, or 1 if there are conflicts, 2 if it cannot listen.
`;

const EXIT_FINE = 0;
const EXIT_CONFLICT = 1;
const EXIT_TROUBLE = 2;
const DEFAULT_SECONDS = 10;
const MOST_SECONDS = 86_400;

interface Question {
  readonly interface: string;
  readonly seconds: number;
  readonly json: boolean;
}

/** What is there to listen on. */
interface Place {
  readonly index: number;
  readonly addresses: ReadonlySet<string>;
}

/** `understudy scan`. */
export async function scan(args: readonly string[]): Promise<number> {
  const question = understand(args);
  if (!question) {
    process.stderr.write(scanUsage);
    return EXIT_TROUBLE;
  }
  try {
    const place = findPlace(question.interface);
    if (typeof place === 'string') return trouble(place);
    const document = await listen(question, place);
    process.stdout.write(question.json ? `${JSON.stringify(document, null, 2)}\n` : renderScan(document));
    return document.conflicts.length > 0 ? EXIT_CONFLICT : EXIT_FINE;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return trouble(`cannot listen on ${question.interface}: ${error.message}`);
  }
}

function trouble(text: string): number {
  process.stderr.write(`understudy: ${text}\n`);
  return EXIT_TROUBLE;
}

function understand(args: readonly string[]): Question | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, seconds: { type: 'string' } },
    });
    const [name, ...more] = positionals;
    const seconds = values.seconds === undefined ? DEFAULT_SECONDS : Number(values.seconds);
    if (name === undefined || more.length > 0 || !(seconds > 0 && seconds <= MOST_SECONDS)) return undefined;
    return { interface: name, seconds, json: values.json };
  } catch {
    return undefined; // an option that does not exist
  }
}

/** The interface, or why it will not do. */
function findPlace(name: string): Place | string {
  const route = new RouteSocket();
  try {
    const links = route.links();
    const link = links.find((each) => each.name === name);
    if (!link) {
      const names = links.map((each) => each.name);
      const meant = nearest(name, names);
      return `there is no interface ${name}${meant === undefined ? `; there are ${names.join(', ')}` : `; is it ${meant}?`}`;
    }
    if (!link.adminUp) return `${name} is down`;
    const addresses = route.addresses().filter(({ interfaceIndex }) => interfaceIndex === link.index);
    return { index: link.index, addresses: new Set(addresses.map(({ address }) => address)) };
  } finally {
    route.close();
  }
}

/** Listens until the time is over, or somebody is impatient. */
async function listen(question: Question, place: Place): Promise<ScanDocument> {
  const survey = new SegmentSurvey();
  const socket = new SegmentSocket(place.index, (frames) => {
    for (const frame of frames) {
      const advert = decodeSegmentAdvert(frame);
      if (advert) survey.hear(advert, now());
    }
  });
  try {
    socket.join(VRRP_GROUPS);
    if (process.stderr.isTTY && !question.json) {
      process.stderr.write(`Listening on ${question.interface} for ${question.seconds} s...\n`);
    }
    await patience(question.seconds);
  } finally {
    socket.close();
  }
  const conflicts = survey.conflicts().map(({ family, ...conflict }) => {
    const freeVrid = survey.freeVrid(family, conflict.vrid);
    const ip: 'ipv4' | 'ipv6' = family === 'inet' ? 'ipv4' : 'ipv6';
    return { ...conflict, family: ip, ...(freeVrid !== undefined && { freeVrid }) };
  });
  return {
    interface: question.interface,
    seconds: question.seconds,
    speakers: survey.speakers().map((speaker) => scannedSpeaker(speaker, place.addresses)),
    conflicts,
  };
}

function patience(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      process.off('SIGINT', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    process.once('SIGINT', done);
  });
}
