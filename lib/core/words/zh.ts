import type { Words } from './en.ts';

/** Simplified Chinese; statuses as the console's Chinese edition names them. */
export const zh: Words = {
  statuses: {
    CREATED: { label: '待发布', verb: '待发布', state: '待发布' },
    SUCCESS: { label: '已发布', verb: '发布成功', state: '已发布' },
    FAILED: { label: '发布失败', verb: '发布失败', state: '发布失败' },
    PARTIALLY_FAILED: { label: '部分失败', verb: '发布部分失败', state: '部分失败' },
    ABORTED: { label: '已中止', verb: '发布已中止', state: '已中止' },
    ROLLBACK_SUCCEED: { label: '已回滚', verb: '发布已回滚', state: '已回滚' },
    ROLLBACK_FAILED: { label: '回滚失败', verb: '发布回滚失败', state: '回滚失败' },
    RELEASING: { label: '发布中', verb: '正在发布', state: '发布中' },
    AWAITING_APPROVAL: { label: '待审批', verb: '发布等待审批', state: '待审批' },
    PAUSED: { label: '已暂停', verb: '发布已暂停', state: '已暂停' },
    SKIPPED: { label: '已跳过', verb: '发布已跳过', state: '已跳过' },
    ROLLING_BACK: { label: '回滚中', verb: '正在回滚', state: '回滚中' },
    STOPPING: { label: '中止中', verb: '发布正在中止', state: '中止中' },
    RESTARTING: { label: '重启中', verb: '发布正在重新开始', state: '重启中' },
  },
  isNow: (status) => `发布状态变为 ${status}`,

  appeared: (state) => (state === undefined ? '新发布单' : `新发布单（${state}）`),
  changed: (verb) => verb,
  ranAgain: (verb) => `再次执行后${verb}`,
  removed: '发布单已不在列表中',
  ofLaterVersion: (type, state) => `发布单（${type}）：${state}`,
  fresh: '新建',
  lastSeen: (label) => `最后一次看到时：${label}`,

  counted: {
    bad: '失败',
    recovered: '已回滚',
    stopped: '已中止',
    moving: '进行中',
    approval: '待审批',
    waiting: '待发布',
    good: '成功',
    removed: '已不在列表中',
    planwatch: '关于 planwatch',
  },
  counts: (parts) => parts.map(({ count, what }) => `${count} 个${what}`).join('，'),
  changes: (count) => `${count} 个变化`,
  nothing: '没有要通知的内容',

  facts: {
    status: '状态',
    where: '位置',
    creator: '创建人',
    took: '耗时',
    action: '类型',
    lastRun: '上次执行',
    created: '创建时间',
    seen: '发现时间',
    broken: '故障持续',
    details: '详情',
    reason: '原因',
  },
  actions: { create: '批量部署', upgrade: '批量升级', clone: '批量克隆' },
  atMost: (duration) => `不超过 ${duration}`,
  seconds: (count) => `${count} 秒`,
  minutes: (count) => `${count} 分钟`,
  hours: (count, minutes) => `${count} 小时 ${minutes} 分钟`,

  soFar: '经过',
  earlier: (count) => `另有更早的 ${count} 个变化未显示`,

  noComponent: '未命名的组件',
  noReason: '未给出原因',
  batch: (name) => `批次 ${name}`,
  after: (duration) => `耗时 ${duration}`,

  notes: {
    unknownWhy: '尚不清楚是哪个组件失败：详情请查看 ServiceStage。',
    onlyFirst: (count) => `只列出前 ${count} 个失败的组件。`,
    approval: '需要有人在 ServiceStage 中审批，发布才会继续。',
    listed: '这是列表中的当前状态；之前的变化过程未查看。',
    skipped: '中间的状态没有看到。',
    repeat: '应要求重新发送。',
    unsure: '可能是重复消息：上一次发送没有收到应答。',
  },
  open: '打开 ServiceStage',

  source: (name = '某个来源') => name,
  destination: (name = '某个目标') => name,
  notices: {
    'source.watching': {
      title: (source, _destination, count = 0) => `开始关注 ${source} 的 ${count} 个发布单`,
      note: '已有的发布单不会逐个通知；此后的每次变化都会通知。',
    },
    'source.unreachable': {
      title: (source) => `无法读取 ${source} 的发布单`,
      note: '恢复之前，那里的变化没有人会收到通知；恢复之后，会通知每个发布单的最新状态。',
    },
    'source.recovered': { title: (source) => `${source} 的发布单可以重新读取` },
    'source.changed': {
      title: (source, _destination, count = 0) => `${source} 现在关注另一个列表：${count} 个发布单`,
      note: '列表中已有的发布单不会逐个通知；此后的每次变化都会通知。',
    },
    'source.degraded': {
      title: (source, _destination, _count, lacks) =>
        lacks === 'reasons' ? `无法读取 ${source} 的发布失败原因` : `${source} 仍在关注，但信息不完整`,
    },
    'state.lost': { title: (source) => `planwatch 保存的 ${source} 的状态已丢失或损坏` },
    'destination.failing': {
      title: (_source, destination) => `消息无法送达 ${destination}`,
      note: '消息按顺序保留并会重试；放弃发送的消息也会通知。',
    },
    'destination.recovered': { title: (_source, destination) => `消息又可以送达 ${destination}` },
    'delivery.dead': {
      title: (_source, destination, count = 1) => `已放弃发往 ${destination} 的 ${count} 条消息`,
      note: '这些消息保存为死信，用 backfill 的 deadLetters 可以重新发送。',
    },
  },
  laterNotice: (type) => `${type}（来自更新版本的 planwatch）`,

  labels: {
    pair: (label, value) => `${label}：${value}`,
    whatToDo: '处理建议',
    failed: (count) => `${count} 个组件失败`,
    more: (count) => `…（还有 ${count} 项）`,
  },
};
