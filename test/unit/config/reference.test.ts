import { readFileSync } from 'node:fs';
import { explainKeyword, keywords, nearestKeyword, referenceMarkdown } from '#config/index.js';

describe('the reference', () => {
  test('docs/reference.md is what the schema says (node scripts/write-reference.mjs)', () => {
    const path = new URL('../../../../docs/reference.md', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(referenceMarkdown());
  });

  test('names every keyword', () => {
    const text = referenceMarkdown();
    for (const { path } of keywords) expect(text).toContain(path.slice(path.lastIndexOf('/') + 1));
  });
});

describe('explainKeyword', () => {
  test('shows syntax, range, default, meaning and an example', () => {
    expect(explainKeyword('vrrp_instance/down_timer_adverts')).toBe(
      [
        'vrrp_instance/down_timer_adverts',
        '',
        '    down_timer_adverts ADVERTS',
        '',
        'How many adverts may be missed before the master is taken for dead.',
        'Range of adverts: 1 to 100.',
        'Default: vrrp_down_timer_adverts.',
        'Example:',
        '    down_timer_adverts 3',
        '',
      ].join('\n'),
    );
  });

  test('explains all places of a keyword, the same ones together', () => {
    const text = explainKeyword('connect_port') ?? '';
    expect(text).toContain(
      'virtual_server/real_server/TCP_CHECK/connect_port\nvirtual_server/real_server/HTTP_GET/connect_port',
    );
    expect(text.match(/CONNECT|connect_port PORT/g)).toHaveLength(1);
  });

  test('says nothing of what is no keyword, but knows what was meant', () => {
    expect(explainKeyword('advert_interval')).toBeUndefined();
    expect(nearestKeyword('advert_init')).toBe('advert_int');
    expect(nearestKeyword('vrrp_instance/advertint')).toBe('vrrp_instance/advert_int');
  });
});
