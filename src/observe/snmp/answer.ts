import { AGENTX_ERROR, type AgentxBody, type MibValue, type VarBind } from '../../wire/agentx/index.js';
import { type MibView } from './mib-view.js';

/** Requests that a view answers. */
export type MibRequest = Extract<AgentxBody, { type: 'Get' | 'GetNext' } | { type: 'GetBulk' }>;
type Response = Extract<AgentxBody, { type: 'Response' }>;

/** Variable bindings in one answer: a master asks on from where it ends. */
const MOST_VARBINDS = 1000;
const END: MibValue = { type: 'endOfMibView' };

export const response = (error: number, index = 0, varBinds: readonly VarBind[] = []): Response => ({
  type: 'Response',
  sysUpTime: 0,
  error,
  index,
  varBinds,
});

/** Answers a request (RFC 2741, 7.2.3). */
export function answer(request: MibRequest, view: MibView): Response {
  switch (request.type) {
    case 'Get':
      return response(
        AGENTX_ERROR.noError,
        0,
        request.ranges.map(({ start }) => ({ oid: start, value: view.get(start) })),
      );
    case 'GetNext':
      return response(
        AGENTX_ERROR.noError,
        0,
        request.ranges.map(
          ({ start, include, end }) => view.next(start, include, end) ?? { oid: start, value: END },
        ),
      );
    case 'GetBulk':
      return response(AGENTX_ERROR.noError, 0, bulk(request, view));
  }
}

/** 7.2.3.3: the first ones once, then the others over and over, one row of answers a repetition. */
function bulk(
  { nonRepeaters, maxRepetitions, ranges }: Extract<MibRequest, { type: 'GetBulk' }>,
  view: MibView,
): readonly VarBind[] {
  const once = ranges
    .slice(0, nonRepeaters)
    .map(({ start, include, end }) => view.next(start, include, end) ?? { oid: start, value: END });
  const found: VarBind[] = [...once];
  let repeating = ranges.slice(nonRepeaters);
  for (let repetition = 0; repetition < maxRepetitions && repeating.length > 0; repetition++) {
    const row = repeating.map(
      ({ start, include, end }) => view.next(start, include, end) ?? { oid: start, value: END },
    );
    if (found.length > 0 && found.length + row.length > MOST_VARBINDS) break;
    found.push(...row);
    if (row.every(({ value }) => value.type === 'endOfMibView')) break;
    repeating = repeating.map((range, at) => ({
      ...range,
      start: row[at]?.oid ?? range.start,
      include: false,
    }));
  }
  return found;
}
