import { type Authentication, type HmacAuthentication } from '../../vrrp/index.js';

/** True if each of two routers believes what the other one sends. */
export const agree = (ours: Authentication, theirs: Authentication): boolean =>
  believes(ours, theirs) && believes(theirs, ours);

/** Keys may differ while they are exchanged: what counts is the one that the other side signs with. */
function believes(receiver: Authentication, sender: Authentication): boolean {
  if (sender.type === 'hmac' && sender.mode !== 'receive-only') {
    return receiver.type === 'hmac' && knows(receiver, sender);
  }
  const sent: Authentication = sender.type === 'hmac' ? { type: 'none' } : sender;
  if (receiver.type === 'hmac') return receiver.mode !== 'enforce' && sent.type === 'none';
  return JSON.stringify(receiver) === JSON.stringify(sent);
}

function knows(receiver: HmacAuthentication, sender: HmacAuthentication): boolean {
  const active = sender.keys.find(({ id }) => id === sender.activeKey);
  return receiver.keys.some(({ id, secret }) => id === active?.id && secret === active.secret);
}
