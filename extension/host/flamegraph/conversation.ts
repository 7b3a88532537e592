/** Answers what a view asks from the engine. Knows no editor: tests and benches run it against the engine itself. */
import type { EngineRequests, ToView, ViewQuestion } from '../../protocol.ts';

export type Ask = <M extends keyof EngineRequests>(method: M, params: EngineRequests[M]['params']) => Promise<EngineRequests[M]['result']>;

/** A growing graph is drawn three times a second at most. */
export const pushIntervalMs = 333;

/** What a view shows. */
export interface Shown {
  /** Of a profile or a comparison, as the engine knows it. */
  readonly id: string;
  readonly kind: 'profile' | 'comparison';
}

/** Answers questions one of a kind at a time: of those that come meanwhile, only the newest is asked at all. */
export class Conversation {
  private readonly shown: Shown;
  private readonly ask: Ask;
  private readonly post: (answer: ToView) => void;
  private readonly waiting = new Map<ViewQuestion['type'], ViewQuestion>();
  private readonly busy = new Set<ViewQuestion['type']>();

  constructor(shown: Shown, ask: Ask, post: (answer: ToView) => void) {
    this.shown = shown;
    this.ask = ask;
    this.post = post;
  }

  /** Rejects where the engine does; the next question is asked all the same. */
  async answer(question: ViewQuestion): Promise<void> {
    const { type } = question;
    this.waiting.set(type, question);
    if (this.busy.has(type)) return;
    this.busy.add(type);
    try {
      for (let next = this.waiting.get(type); next; next = this.waiting.get(type)) {
        this.waiting.delete(type);
        const answer = await this.replyTo(next);
        if (!this.waiting.has(type)) this.post(answer);
      }
    } finally {
      this.busy.delete(type);
    }
  }

  private async replyTo(question: ViewQuestion): Promise<ToView> {
    const { ask } = this;
    const { serial } = question;
    const profileId = this.shown.id;
    const compares = this.shown.kind === 'comparison';
    switch (question.type) {
      case 'flame': {
        const { filter, rootNode, widthPx, width, search = null, carry } = question;
        const params = { profileId, filter, rootNode, widthPx, search, ...(carry ? { carry } : {}) };
        return compares
          ? { type: 'diffFlame', serial, reply: await ask('ringside/diffFlame', { ...params, width }) }
          : { type: 'flame', serial, reply: await ask('ringside/flame', params) };
      }
      case 'functions': {
        const { filter, order, descending, search = null, offset, limit, find = null } = question;
        const params = { profileId, filter, descending, search, offset, limit, find };
        if (compares) return { type: 'diffFunctions', serial, reply: await ask('ringside/diffFunctions', { ...params, order }) };
        const plain = order === 'selfChange' ? 'self' : order === 'totalChange' || order === 'sureChange' ? 'total' : order;
        return { type: 'functions', serial, reply: await ask('ringside/functions', { ...params, order: plain }) };
      }
      case 'neighbours': {
        const { filter, fn, limit } = question;
        const params = { profileId, filter, fn, limit };
        return compares
          ? { type: 'diffNeighbours', serial, reply: await ask('ringside/diffNeighbours', params) }
          : { type: 'neighbours', serial, reply: await ask('ringside/neighbours', params) };
      }
      case 'heatMap': {
        const { filter, maxColumns, rows } = question;
        return { type: 'heatMap', serial, reply: await ask('ringside/heatMap', { profileId, filter, maxColumns, rows }) };
      }
      case 'hotPaths': {
        const { filter, limit } = question;
        return { type: 'hotPaths', serial, reply: await ask('ringside/hotPaths', { profileId, filter, limit }) };
      }
    }
  }
}
