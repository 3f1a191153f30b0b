import type { NoticeEvent } from '../event.ts';

/** English: every text that planwatch writes itself. The other languages have the same keys, or they do not compile. */

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const en = {
  /**
   * `label`: as the console calls the status; `verb`: after "Release"; `state`: after "New release plan,". A status that
   * is not here is shown as it came. Labels: https://support.huaweicloud.com/intl/en-us/usermanual-servicestage/servicestage_03_0257.html
   */
  statuses: {
    CREATED: { label: 'To release', verb: 'is waiting to run', state: 'waiting to run' },
    SUCCESS: { label: 'Released', verb: 'succeeded', state: 'succeeded' },
    FAILED: { label: 'Release failed', verb: 'failed', state: 'failed' },
    PARTIALLY_FAILED: { label: 'Partly failed', verb: 'partly failed', state: 'partly failed' },
    ABORTED: { label: 'Suspended', verb: 'was stopped', state: 'stopped' },
    ROLLBACK_SUCCEED: { label: 'Rolled back', verb: 'was rolled back', state: 'rolled back' },
    ROLLBACK_FAILED: { label: 'Rollback failed', verb: 'could not be rolled back', state: 'rollback failed' },
    // Of the new release management, whose list has numbers: these names are planwatch's own.
    RELEASING: { label: 'Releasing', verb: 'is under way', state: 'under way' },
    AWAITING_APPROVAL: { label: 'Awaiting approval', verb: 'waits for an approval', state: 'waiting for an approval' },
    PAUSED: { label: 'Paused', verb: 'is paused', state: 'paused' },
    SKIPPED: { label: 'Skipped', verb: 'was skipped', state: 'skipped' },
    ROLLING_BACK: { label: 'Rolling back', verb: 'is being rolled back', state: 'being rolled back' },
    STOPPING: { label: 'Suspending', verb: 'is being stopped', state: 'being stopped' },
    RESTARTING: { label: 'Restarting', verb: 'starts again', state: 'starting again' },
  },
  /** Around a status that nobody documented. */
  isNow: (status: string) => `is now ${status}`,

  appeared: (state: string | undefined) => (state === undefined ? 'New release plan' : `New release plan, ${state}`),
  changed: (verb: string) => `Release ${verb}`,
  ranAgain: (verb: string) => `Release ran again and ${verb}`,
  removed: 'Release plan no longer listed',
  ofLaterVersion: (type: string, state: string) => `Release plan (${type}), ${state}`,
  /** Where a transition begins that planwatch saw no status before. */
  fresh: 'new',
  lastSeen: (label: string) => `${label} when last seen`,

  /** What a digest's title calls several of them. */
  counted: {
    bad: 'failed',
    recovered: 'rolled back',
    stopped: 'stopped',
    moving: 'under way',
    approval: 'waiting for an approval',
    waiting: 'waiting to run',
    good: 'succeeded',
    removed: 'no longer listed',
    planwatch: 'about planwatch',
  },
  counts: (parts: readonly { readonly count: number; readonly what: string }[]) =>
    parts.map(({ count, what }) => `${count} ${what}`).join(', '),
  changes: (count: number) => `${count} changes`,
  nothing: 'Nothing to tell',

  facts: {
    status: 'Status',
    where: 'Where',
    creator: 'Creator',
    took: 'Took',
    action: 'Action',
    lastRun: 'Last run',
    created: 'Created',
    seen: 'Seen',
    broken: 'Was broken for',
    details: 'Details',
    reason: 'Reason',
  },
  /** As the console calls the types of a release task; another one is shown as it came. */
  actions: { create: 'batch deployment', upgrade: 'batch upgrade', clone: 'batch clone' },
  atMost: (duration: string) => `at most ${duration}`,
  seconds: (count: number) => `${count} s`,
  minutes: (count: number) => `${count} min`,
  hours: (count: number, minutes: number) => `${count} h ${minutes} min`,

  /** Above the history in a message that is edited. */
  soFar: 'So far',
  earlier: (count: number) => `${counted(count, 'earlier change')} not shown`,

  noComponent: 'a component without a name',
  noReason: 'no reason given',
  batch: (name: string) => `batch ${name}`,
  after: (duration: string) => `after ${duration}`,

  notes: {
    unknownWhy: 'Which component failed is not known: ServiceStage has the details.',
    onlyFirst: (count: number) => `Only the first ${count} failing components are listed.`,
    approval: 'Nothing goes on until somebody approves it in ServiceStage.',
    listed: 'As it is listed now; what it went through before was not looked at.',
    skipped: 'States in between were not seen.',
    repeat: 'Sent again on request.',
    unsure: 'May be a repeat: the answer to an earlier try was lost.',
  },
  open: 'Open ServiceStage',

  source: (name = 'a source') => name,
  destination: (name = 'a destination') => name,
  notices: {
    'source.watching': {
      title: (source, _destination, count = 0) => `Now watching ${counted(count, 'release plan')} in ${source}`,
      note: 'What is there already is not announced; every change from now on is.',
    },
    'source.unreachable': {
      title: (source) => `Cannot read the release plans of ${source}`,
      note: 'Until they can be read, nobody hears of changes there; then the latest status of each plan is told.',
    },
    'source.recovered': { title: (source) => `The release plans of ${source} can be read again` },
    'source.changed': {
      title: (source, _destination, count = 0) =>
        `${source} now watches another list: ${counted(count, 'release plan')}`,
      note: 'What is in it already is not announced; every change from now on is.',
    },
    'source.degraded': {
      title: (source, _destination, _count, lacks) =>
        lacks === 'reasons' ? `Why releases of ${source} fail cannot be read` : `${source} is watched, but not in full`,
    },
    'state.lost': { title: (source) => `What planwatch remembered of ${source} was lost or damaged` },
    'destination.failing': {
      title: (_source, destination) => `Messages do not get through to ${destination}`,
      note: 'They are kept, in order, and tried again; what is given up is told as well.',
    },
    'destination.recovered': { title: (_source, destination) => `Messages get through to ${destination} again` },
    'delivery.dead': {
      title: (_source, destination, count = 1) => `Gave up ${counted(count, 'message')} for ${destination}`,
      note: 'They are kept as dead letters, and a backfill with deadLetters sends them again.',
    },
  } satisfies Record<NoticeEvent['type'], NoticeWords> as Record<NoticeEvent['type'], NoticeWords>,
  laterNotice: (type: string) => `${type} (of a later planwatch)`,

  /** What a channel draws around the parts of a message. */
  labels: {
    pair: (label: string, value: string) => `${label}: ${value}`,
    whatToDo: 'What to do',
    failed: (count: number) => (count === 1 ? 'The component that failed' : `${count} components failed`),
    /** In place of what did not fit. */
    more: (count: number) => `… (${count} more)`,
  },
};

type NoticeWords = {
  readonly title: (source: string, destination: string, count?: number, lacks?: NoticeEvent['lacks']) => string;
  /** What it means for the reader. */
  readonly note?: string;
};

export type Words = typeof en;
