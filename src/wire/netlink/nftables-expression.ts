import { AttributeWriter } from './attribute.js';
import { type NftExpression, type NftMetaKey } from './nftables.js';

/** A number of nf_tables: 32 bits in network order. */
export const networkOrder = (value: number): Uint8Array =>
  Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

const NFT_REG_VERDICT = 0;
const VERDICTS = { drop: 0, accept: 1, return: -5 } as const;
const NFT_GOTO = -4;
const HEADERS = { network: 1, transport: 2 } as const;
const CMP_EQ = 0;
const META_MARK = 3;
const META: Readonly<Record<NftMetaKey, number>> = {
  iif: 4,
  oif: 5,
  iifname: 6,
  oifname: 7,
  l4proto: 16,
  oifkind: 27,
};

/** One expression of a rule: its name, and what it is made of. */
export function encodeExpression(expression: NftExpression): AttributeWriter {
  const { name, body } = encodeBody(expression);
  return new AttributeWriter().text(1, name).nested(2, body);
}

interface EncodedBody {
  readonly name: string;
  readonly body: AttributeWriter;
}

function encodeBody(expression: NftExpression): EncodedBody {
  switch (expression.kind) {
    case 'payload': {
      const { to, header, offset, length } = expression;
      return { name: 'payload', body: numbers([1, to], [2, HEADERS[header]], [3, offset], [4, length]) };
    }
    case 'meta':
      return { name: 'meta', body: numbers([1, expression.to], [2, META[expression.key]]) };
    case 'mask': {
      const { register, mask } = expression;
      const body = numbers([1, register], [2, register], [3, mask.length]);
      return {
        name: 'bitwise',
        body: body.nested(4, data(mask)).nested(5, data(new Uint8Array(mask.length))),
      };
    }
    case 'equals': {
      const body = numbers([1, expression.register], [2, CMP_EQ]).nested(3, data(expression.value));
      return { name: 'cmp', body };
    }
    case 'lookup': {
      const body = new AttributeWriter().text(1, expression.set).bytes(2, networkOrder(expression.register));
      if (expression.to !== undefined) body.bytes(3, networkOrder(expression.to));
      return { name: 'lookup', body };
    }
    case 'counter':
      return { name: 'counter', body: new AttributeWriter() };
    case 'set-mark':
      return { name: 'meta', body: numbers([2, META_MARK], [3, expression.register]) };
    case 'duplicate':
      return { name: 'dup', body: numbers([1, expression.address], [2, expression.device]) };
    case 'verdict':
      return verdict(numbers([1, VERDICTS[expression.verdict]]));
    case 'goto':
      return verdict(numbers([1, NFT_GOTO]).text(2, expression.chain));
  }
}

const verdict = (code: AttributeWriter): EncodedBody => ({
  name: 'immediate',
  body: numbers([1, NFT_REG_VERDICT]).nested(2, new AttributeWriter().nested(2, code)),
});

const data = (value: Uint8Array): AttributeWriter => new AttributeWriter().bytes(1, value);

function numbers(...attributes: readonly (readonly [number, number])[]): AttributeWriter {
  const writer = new AttributeWriter();
  for (const [type, value] of attributes) writer.bytes(type, networkOrder(value));
  return writer;
}
