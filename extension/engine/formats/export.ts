/** What a view shows, in a format that others open. */
import type { ExportFormat, ViewFilter } from '../../protocol.ts';
import { filteredProfile } from '../profile/filteredProfile.ts';
import type { ProfileViews } from '../profile/views.ts';
import { writeFolded } from './foldedWrite.ts';
import { writePprof } from './pprofWrite.ts';
import { writeSpeedscope } from './speedscopeWrite.ts';
import type { Comparison } from '../profile/comparison.ts';
import { diffDrawingOf, drawingOf, DRAWN_WIDTH_PX } from './drawing.ts';
import { writeHtml, writeSvg, type Drawing } from './svg.ts';

/** In pieces, in order. */
export async function* exportProfile(views: ProfileViews, filter: ViewFilter, format: ExportFormat): AsyncGenerator<string | Uint8Array> {
  switch (format) {
    case 'pprof':
      yield await writePprof(filteredProfile(views.profile, views.weights, filter));
      return;
    case 'folded':
      yield writeFolded(views.weighted(filter));
      return;
    case 'speedscope':
      yield* writeSpeedscope(filteredProfile(views.profile, views.weights, filter));
      return;
    case 'svg':
      yield writeSvg(drawn(views, filter));
      return;
    case 'html':
      yield writeHtml(drawn(views, filter));
      return;
    default:
      throw new Error(`The engine does not export ${JSON.stringify(format satisfies never)}`);
  }
}

function drawn(views: ProfileViews, filter: ViewFilter): Drawing {
  const { header, table } = views.flame({ filter, rootNode: 0, widthPx: DRAWN_WIDTH_PX });
  return drawingOf(header, table);
}

/** A comparison as a picture. @throws where the format holds one profile only */
export function* exportComparison(comparison: Comparison, filter: ViewFilter, format: ExportFormat): Generator<string> {
  if (format !== 'svg' && format !== 'html')
    throw new Error(`A comparison is exported as svg or html; ${format} holds one profile: export the two by themselves`);
  const drawing = diffDrawingOf(comparison.flame({ filter, rootNode: 0, widthPx: DRAWN_WIDTH_PX, width: 'both' }));
  yield format === 'svg' ? writeSvg(drawing) : writeHtml(drawing);
}
