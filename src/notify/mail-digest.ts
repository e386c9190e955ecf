import { dateOf } from './mail-message.js';
import { type Alert } from './mail-text.js';

/** Many alerts in one mail, in order, each with its time: the subject of each, and what its mail would have said. */
export function digestOf(alerts: readonly Alert[], routerId: string): Alert {
  const prefix = `[${routerId}] `;
  const lines = alerts.flatMap(({ at, subject, body }) => {
    const text = subject.startsWith(prefix) ? subject.slice(prefix.length) : subject;
    return [`${dateOf(new Date(at))}  ${text}`, `    ${body}`];
  });
  return {
    at: alerts.at(-1)?.at ?? 0,
    subject: `${prefix}${alerts.length} alerts`,
    body: [`So much happened that it is told in one mail.`, '', ...lines].join('\n'),
  };
}
