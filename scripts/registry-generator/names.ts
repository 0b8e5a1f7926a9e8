import type { Random } from './random.ts';

const TEAMS = ['platform', 'payments', 'search', 'mobile', 'data', 'infra', 'web', 'ml', 'shop', 'ops'] as const;
const WORDS = ['api', 'worker', 'gateway', 'ui', 'batch', 'auth', 'cache', 'proxy', 'report', 'mail', 'sync'] as const;
const PARTS = ['tests', 'debug', 'migrate', 'cron', 'docs'] as const;

/**
 * Names for repositories, none of them twice: plain ones, one or two levels below a team, and some that lie within
 * another repository.
 */
export function repositoryNames(count: number, random: Random): string[] {
  const names = new Set<string>();
  const list: [string, ...string[]] = ['base'];
  names.add('base');
  while (list.length < count) {
    const shape = random.next();
    const word = `${random.pick(WORDS)}-${random.between(1, count)}`;
    const plain = shape < 0.15 ? word : `${random.pick(TEAMS)}/${word}`;
    const name = shape > 0.9 ? `${random.pick(list)}/${random.pick(PARTS)}` : plain;
    if (names.has(name) || name.length > 200) continue;
    names.add(name);
    list.push(name);
  }
  return list;
}
