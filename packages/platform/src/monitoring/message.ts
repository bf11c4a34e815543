import { movesTraffic } from '@plumbline/contract/delivery';
import type { Notice } from '@plumbline/contract/notice';

/** A notice, and whose it is. */
export interface Message {
  readonly app: string;
  readonly notice: Notice;
}

interface Words {
  readonly emoji: string;
  /** What happened, after "Production delivery" or "Production rollback". */
  readonly happened: string;
  /** What a person may want to type next. */
  command(notice: Notice): string | null;
}

const watch = ({ delivery }: Notice): string | null => delivery && `plumb watch ${delivery}`;
const list = ({ environment }: Notice): string => `plumb deliveries ${environment}`;

/** A new kind does not compile until it has its words. */
const words: Readonly<Record<Notice['kind'], Words>> = {
  'awaiting-approval': {
    emoji: '⏳',
    happened: 'waits for an approval',
    command: ({ delivery }) => delivery && `plumb approve ${delivery}`,
  },
  held: {
    emoji: '✋',
    happened: 'is held, and a person has to let it go on',
    command: ({ delivery }) => delivery && `plumb proceed ${delivery}`,
  },
  started: { emoji: '🚀', happened: 'started', command: watch },
  succeeded: {
    emoji: '✅',
    happened: 'successful',
    command: ({ environment }) => `plumb rollback ${environment}`,
  },
  failed: { emoji: '❌', happened: 'failed', command: watch },
  aborted: { emoji: '🛑', happened: 'aborted', command: watch },
  rollback: { emoji: '⏪', happened: 'asked for', command: watch },
  'going-back': { emoji: '⏪', happened: 'goes back to what was live', command: watch },
  stuck: { emoji: '🆘', happened: 'is stuck, and a person has to look', command: () => 'plumb status' },
  superseded: { emoji: '⏭️', happened: 'superseded', command: list },
  test: { emoji: '🔔', happened: 'messages arrive here', command: () => 'plumb notifications' },
};

/** The parts of a message in plain text, for a kind to put together. */
export interface Said {
  readonly emoji: string;
  /** `Production delivery successful`. */
  readonly headline: string;
  /** One line that says it all, for a phone's lock screen. */
  readonly summary: string;
  /** Of the commit. */
  readonly subject: string | null;
  readonly because: string | null;
  readonly command: string | null;
}

/** Together within the 3,000 characters that Slack takes, also when each of them is escaped. */
const longest = { subject: 100, because: 380 };

/** What a notice says to people. Pure. */
export const say = ({ app, notice }: Message): Said => {
  const { emoji, happened, command } = words[notice.kind];
  const headline = `${capital(notice.environment)} ${thing(notice)} ${happened}`;
  const of = [notice.release ?? app, notice.commit && `(${notice.commit.slice(0, 7)})`].filter(Boolean).join(' ');
  return {
    emoji,
    headline,
    summary: `${emoji} ${headline}: ${of}, by ${notice.who}`,
    subject: notice.subject && shortened(notice.subject, longest.subject),
    because: notice.because && shortened(notice.because, longest.because),
    command: command(notice),
  };
};

const thing = ({ kind, deliveryKind }: Notice): string => {
  if (kind === 'test') return 'test:';
  if (kind === 'rollback' || deliveryKind === 'roll-back') return 'rollback';
  return deliveryKind === null || movesTraffic(deliveryKind) ? 'delivery' : 'migration';
};

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Output of programs can be long, and its end says more than its middle. Cut between characters, never within one. */
const shortened = (text: string, most: number): string => {
  const characters = [...text];
  if (characters.length <= most) return text;
  return `${characters.slice(0, most / 2).join('')} … ${characters.slice(-most / 2).join('')}`;
};
