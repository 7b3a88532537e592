/**
 * What a profile.proto file (https://github.com/google/pprof/blob/main/proto/profile.proto) holds beside its samples, taken in message by message: the
 * tables can be large, and come in any order.
 */
import { categoryOf } from '../profile/category.ts';
import { Evidence } from '../profile/evidence.ts';
import { LocationTable, unresolvedFunction, type LocatedFrame } from '../profile/locations.ts';
import { FormatError } from './errors.ts';
import { BYTES, VARINT, WireReader } from './protobuf.ts';

/** Fields of the message Profile. */
const [SAMPLE_TYPE, MAPPING, LOCATION, FUNCTION, STRING, DURATION, COMMENT, DEFAULT_TYPE] = [1, 3, 4, 5, 6, 10, 13, 14];
/** No source has more lines: keeps a damaged number from being taken for one. */
const MAX_LINE = 0x7fffffff;
const LOCATIONS_A_STEP = 2000;

interface RawFunction {
  readonly name: number;
  readonly systemName: number;
  readonly filename: number;
  readonly startLine: number;
}

interface RawLocation {
  readonly id: number;
  readonly mapping: number;
  readonly address: bigint;
  /** Function id and line of each frame, in turn, innermost first. */
  readonly lines: readonly number[];
}

export class PprofTables {
  private readonly title: string;
  private readonly strings: string[] = [];
  private readonly sampleTypes: { type: number; unit: number }[] = [];
  /** Index of the file name, by id. */
  private readonly mappings = new Map<number, number>();
  private readonly functions = new Map<number, RawFunction>();
  private readonly locations: RawLocation[] = [];
  private readonly commentIds: number[] = [];
  private defaultType = 0;
  durationMs = 0;

  /** @param title of the file, for messages */
  constructor(title: string) {
    this.title = title;
  }

  /** Whether there is enough to read samples with. */
  get canBegin(): boolean {
    return this.strings.length > 0 && this.sampleTypes.length > 0 && this.locations.length > 0;
  }

  /** A field's value; the reader stands at it, behind its tag, and afterwards at the next. @throws WireError */
  take(field: number, wireType: number, reader: WireReader): void {
    if (wireType === VARINT) this.takeNumber(field, reader.varint());
    else if (wireType !== BYTES) reader.skip(wireType);
    else {
      const length = reader.length();
      const [from, outer] = [reader.at, reader.end];
      reader.end = from + length;
      this.takeMessage(field, reader);
      reader.at = from + length;
      reader.end = outer;
    }
  }

  text(index: number): string {
    const value = this.strings[index];
    if (value === undefined)
      throw new FormatError(`${this.title}: string ${index} of ${this.strings.length} does not exist: the file is damaged`);
    return value;
  }

  /** Which of a sample's values is its weight, and what it counts. */
  weight(): { index: number; unit: string } {
    const types = this.sampleTypes;
    if (types.length === 0)
      throw new FormatError(`${this.title} begins like a pprof profile (profile.proto), but says of no value what it counts`);
    const preferred = this.defaultType === 0 ? -1 : types.findIndex(({ type }) => type === this.defaultType);
    // profile.proto, default_sample_type: where it is not set, the last is meant.
    const index = preferred < 0 ? types.length - 1 : preferred;
    const { type, unit } = types[index]!;
    return { index, unit: this.text(unit) === 'count' ? this.text(type) : this.text(unit) };
  }

  comments(): string[] {
    return this.commentIds.map((id) => this.text(id));
  }

  /** Puts the locations into a table, in steps. @returns their ids there, by the file's */
  *locate(table: LocationTable): Generator<undefined, Map<number, number>, undefined> {
    const ids = new Map<number, number>();
    for (const [i, { id, mapping, address, lines }] of this.locations.entries()) {
      if (i % LOCATIONS_A_STEP === 0) yield;
      const filename = this.mappings.get(mapping);
      const module = filename === undefined ? '' : this.text(filename);
      const frames: LocatedFrame[] = [];
      for (let at = 0; at < lines.length; at += 2)
        frames.push({ fn: this.internFunction(table, lines[at]!, module), line: Math.min(lines[at + 1]!, MAX_LINE) });
      if (frames.length === 0) frames.push({ fn: table.internFunction(unresolvedFunction(address, module)), line: 0 });
      ids.set(id, address === 0n ? table.named(frames) : table.atAddress(address, () => frames));
    }
    return ids;
  }

  /** A tool that has numbered the locations anew has not kept what belongs to them. */
  vouch(evidence: string, table: LocationTable, ids: ReadonlyMap<number, number>): void {
    if (evidence.length !== this.locations.length) return;
    for (const [i, way] of Evidence.fromText(evidence)) {
      const location = ids.get(i + 1);
      if (location !== undefined) table.vouch(location, way);
    }
  }

  private internFunction(table: LocationTable, id: number, module: string): number {
    const fn = this.functions.get(id);
    if (!fn) throw new FormatError(`${this.title}: a location names function ${id}, which the file does not hold: the file is damaged`);
    const [name, file, linkageName] = [this.text(fn.name), this.text(fn.filename), this.text(fn.systemName)];
    return table.internFunction({
      name,
      linkageName,
      file,
      startLine: fn.startLine,
      module,
      category: categoryOf(name, file),
      unresolved: false,
    });
  }

  private takeNumber(field: number, value: number): void {
    if (field === COMMENT) this.commentIds.push(value);
    else if (field === DEFAULT_TYPE) this.defaultType = value;
    else if (field === DURATION) this.durationMs = value / 1e6;
  }

  private takeMessage(field: number, reader: WireReader): void {
    if (field === STRING) this.strings.push(reader.text());
    else if (field === COMMENT) while (reader.at < reader.end) this.commentIds.push(reader.varint());
    else if (field === SAMPLE_TYPE) {
      const [, type = 0, unit = 0] = numbers(reader, 2);
      this.sampleTypes.push({ type, unit });
    } else if (field === MAPPING) {
      const values = numbers(reader, 5);
      this.mappings.set(values[1]!, values[5]!);
    } else if (field === FUNCTION) {
      const [, id = 0, name = 0, systemName = 0, filename = 0, startLine = 0] = numbers(reader, 5);
      this.functions.set(id, { name, systemName, filename, startLine });
    } else if (field === LOCATION) this.locations.push(location(reader));
  }
}

/** The numbers of a message's fields 1 to `most`, by field; 0 where there is none. */
function numbers(reader: WireReader, most: number): number[] {
  const values = new Array<number>(most + 1).fill(0);
  while (reader.at < reader.end) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    if ((tag & 7) !== VARINT) reader.skip(tag & 7);
    else {
      const value = reader.varint();
      if (field <= most) values[field] = value;
    }
  }
  return values;
}

function location(reader: WireReader): RawLocation {
  const lines: number[] = [];
  let [id, mapping, address] = [0, 0, 0n];
  while (reader.at < reader.end) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    if (field === 4 && (tag & 7) === BYTES) {
      const length = reader.length();
      const [from, outer] = [reader.at, reader.end];
      reader.end = from + length;
      const [, fn = 0, line = 0] = numbers(reader, 2);
      lines.push(fn, line);
      reader.at = from + length;
      reader.end = outer;
    } else if ((tag & 7) !== VARINT) reader.skip(tag & 7);
    else if (field === 3) address = reader.varint64();
    else {
      const value = reader.varint();
      if (field === 1) id = value;
      else if (field === 2) mapping = value;
    }
  }
  return { id, mapping, address, lines };
}
