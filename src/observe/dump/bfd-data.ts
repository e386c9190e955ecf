import { type SessionSettings, type SessionSnapshot } from '../../bfd/index.js';
import { bfdDiagText } from '../../wire/bfd.js';
import { type DumpSubject } from './subject.js';
import { clockText } from './words.js';

type Lines = readonly string[];

/** keepalived_bfd.data, behind the global definitions: every session as it was told to be, and as it is. */
export function bfdData(subject: DumpSubject): string {
  const { sessions } = subject.configuration.bfd;
  const lines = sessions.flatMap((session) => [
    ` BFD Instance = ${session.name}`,
    ...[
      ...settingLines(subject, session),
      ...stateLines(
        subject,
        subject.sessions.find(({ name }) => name === session.name),
      ),
    ].map((line) => `   ${line}`),
  ]);
  return `------< BFD Topology >------\n${lines.map((line) => `${line}\n`).join('')}`;
}

function settingLines({ configuration }: DumpSubject, session: SessionSettings): Lines {
  const details = configuration.details.bfd[session.name];
  return [
    `Neighbor IP = ${session.neighbor}`,
    ...(session.source === undefined ? [] : [`Source IP = ${session.source}`]),
    `Required min RX interval = ${session.requiredMinRx} us`,
    `Desired min TX interval = ${session.desiredMinTx} us`,
    `Desired idle TX interval = ${session.idleMinTx} us`,
    `Detection multiplier = ${session.detectMult}`,
    `${session.neighbor.includes(':') ? 'hoplimit' : 'TTL'} = ${session.ttl}`,
    `max_hops = ${details?.maxHops ?? 0}`,
    `passive = ${String(session.passive)}`,
    `send event to VRRP process = ${details?.vrrp ? 'Yes' : 'No'}`,
    `send event to checker process = ${details?.checker ? 'Yes' : 'No'}`,
  ];
}

function stateLines(subject: DumpSubject, now: SessionSnapshot | undefined): Lines {
  if (!now) return [];
  return [
    `local state = ${now.state}`,
    `remote state = ${now.remoteState}`,
    `local discriminator = 0x${now.localDiscriminator.toString(16)}`,
    `remote discriminator = 0x${now.remoteDiscriminator.toString(16)}`,
    `local diag = ${bfdDiagText(now.localDiag)}`,
    `remote diag = ${bfdDiagText(now.remoteDiag)}`,
    `remote min tx intv = ${now.remoteMinTx} us`,
    `remote min rx intv = ${now.remoteMinRx} us`,
    `remote demand = ${now.remoteDemand ? 1 : 0}`,
    `remote detect multiplier = ${now.remoteDetectMult}`,
    `local tx intv = ${now.transmitInterval} us`,
    `local detection time = ${now.detectionTime} us`,
    now.lastHeardAt === undefined
      ? 'last_seen = [never]'
      : `last seen = ${clockText(subject.unixTime(now.lastHeardAt))}`,
  ];
}
