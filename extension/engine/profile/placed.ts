/** A tree under a filter and where its frames are in the source: what questions that begin in the source are answered from. */
import type { LineIndex } from './lineIndex.ts';
import type { Profile } from './profile.ts';
import type { Shape } from './shape.ts';
import type { Weighted } from './weighted.ts';
import type { Weights } from './weights.ts';

export interface Placed {
  readonly profile: Profile;
  readonly weighted: Weighted;
  readonly shape: Shape;
  readonly lines: LineIndex;
  readonly weights: Weights;
}
