/**
 * What a profile.proto file (https://github.com/google/pprof/blob/main/proto/profile.proto) holds beside its samples. The tables can be large, and come in any
 * order: of texts, functions and locations it is noted where they stand, and each is read when a sample needs it.
 */
import { categoryOf } from '../profile/category.ts';
import { Column } from '../profile/column.ts';
import { Evidence } from '../profile/evidence.ts';
import { LocationTable, unresolvedFunction, type LocatedFrame } from '../profile/locations.ts';
import { FormatError } from './errors.ts';
import type { Incoming } from './importer.ts';
import { BYTES, VARINT, WireError, WireReader } from './protobuf.ts';

/** Fields of the message Profile. */
const [SAMPLE_TYPE, MAPPING, LOCATION, FUNCTION, STRING, DURATION, COMMENT, DEFAULT_TYPE] = [1, 3, 4, 5, 6, 10, 13, 14];
/** No source has more lines: keeps a damaged number from being taken for one. */
const MAX_LINE = 0x7fffffff;
const LOCATIONS_A_STEP = 500;

export class PprofTables {
  private readonly file: Incoming;
  private readonly reader: WireReader;
  /** Where each text begins and ends, and those that were asked for. */
  private readonly textStarts = new Column(Float64Array);
  private readonly textEnds = new Column(Float64Array);
  private readonly texts: (string | undefined)[] = [];
  private readonly sampleTypes: { type: number; unit: number }[] = [];
  /** Index of the file name, by id. */
  private readonly mappings = new Map<number, number>();
  /** By id: where the message begins; its length stands before it. */
  private readonly functions = new Map<number, number>();
  private readonly locations = new Map<number, number>();
  private locationCount = 0;
  private readonly commentIds: number[] = [];
  private defaultType = 0;
  durationMs = 0;

  constructor(file: Incoming) {
    this.file = file;
    this.reader = new WireReader(file.bytes);
  }

  /** Whether there is enough to read samples with. */
  get canBegin(): boolean {
    return this.textStarts.length > 0 && this.sampleTypes.length > 0 && this.locationCount > 0;
  }

  /** A field's value; the reader stands at it, behind its tag, and afterwards at the next. @throws WireError */
  take(field: number, wireType: number, reader: WireReader): void {
    if (wireType === VARINT) this.takeNumber(field, reader.varint());
    else if (wireType !== BYTES) reader.skip(wireType);
    else {
      const start = reader.at;
      const length = reader.length();
      const [from, outer] = [reader.at, reader.end];
      reader.end = from + length;
      this.takeMessage(field, reader, start);
      reader.at = from + length;
      reader.end = outer;
    }
  }

  text(index: number): string {
    const known = this.texts[index];
    if (known !== undefined) return known;
    if (!(index >= 0 && index < this.textStarts.length))
      throw new FormatError(`${this.file.name}: string ${index} of ${this.textStarts.length} does not exist: the file is damaged`);
    return (this.texts[index] = this.reader.moveTo(this.file.bytes, this.textStarts.get(index), this.textEnds.get(index)).text());
  }

  /** Which of a sample's values is its weight, and what it counts. */
  weight(): { index: number; unit: string } {
    const types = this.sampleTypes;
    if (types.length === 0)
      throw new FormatError(`${this.file.name} begins like a pprof profile (profile.proto), but says of no value what it counts`);
    const preferred = this.defaultType === 0 ? -1 : types.findIndex(({ type }) => type === this.defaultType);
    // profile.proto, default_sample_type: where it is not set, the last is meant.
    const index = preferred < 0 ? types.length - 1 : preferred;
    const { type, unit } = types[index]!;
    return { index, unit: this.text(unit) === 'count' ? this.text(type) : this.text(unit) };
  }

  comments(): string[] {
    return this.commentIds.map((id) => this.text(id));
  }

  /** @param evidence how sure each location is; a tool that has numbered them anew has not kept what belongs to them */
  locate(table: LocationTable, evidence: string): PprofLocations {
    return new PprofLocations(this, table, evidence.length === this.locationCount ? evidence : '');
  }

  /** Ids of the file's locations. */
  locationIds(): IterableIterator<number> {
    return this.locations.keys();
  }

  /** null where the file has no such location. @throws FormatError where it is damaged */
  location(id: number): RawLocation | null {
    const at = this.locations.get(id);
    return at === undefined ? null : this.message(at, `location ${id}`, readLocation);
  }

  function(id: number): RawFunction {
    const at = this.functions.get(id);
    if (at === undefined)
      throw new FormatError(`${this.file.name}: a location names function ${id}, which the file does not hold: the file is damaged`);
    return this.message(at, `function ${id}`, readFunction);
  }

  /** File name of a mapping; empty where there is none. */
  module(mapping: number): string {
    const filename = this.mappings.get(mapping);
    return filename === undefined ? '' : this.text(filename);
  }

  private message<T>(at: number, what: string, read: (reader: WireReader) => T): T {
    const { bytes } = this.file;
    const reader = this.reader.moveTo(bytes, at, bytes.length);
    try {
      const length = reader.length();
      reader.end = reader.at + length;
      return read(reader);
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
      throw new FormatError(`${this.file.name}: ${what} is damaged: ${cause.message}`, { cause });
    }
  }

  private takeNumber(field: number, value: number): void {
    if (field === COMMENT) this.commentIds.push(value);
    else if (field === DEFAULT_TYPE) this.defaultType = value;
    else if (field === DURATION) this.durationMs = value / 1e6;
  }

  /** @param start where the message's length stands */
  private takeMessage(field: number, reader: WireReader, start: number): void {
    if (field === STRING) {
      this.textStarts.push(reader.at);
      this.textEnds.push(reader.end);
    } else if (field === FUNCTION) this.functions.set(idIn(reader), start);
    else if (field === LOCATION) {
      this.locations.set(idIn(reader), start);
      this.locationCount++;
    } else if (field === COMMENT) while (reader.at < reader.end) this.commentIds.push(reader.varint());
    else if (field === SAMPLE_TYPE) {
      const [, type = 0, unit = 0] = numbers(reader, 2);
      this.sampleTypes.push({ type, unit });
    } else if (field === MAPPING) {
      const values = numbers(reader, 5);
      this.mappings.set(values[1]!, values[5]!);
    }
  }
}

/** The locations of a file in a profile's table: each is put there when it is asked for. */
export class PprofLocations {
  private readonly tables: PprofTables;
  private readonly table: LocationTable;
  private readonly evidence: string;
  /** By the file's ids. */
  private readonly located = new Map<number, number>();
  private readonly functionIds = new Map<number, { readonly module: string; readonly fn: number }>();

  constructor(tables: PprofTables, table: LocationTable, evidence: string) {
    this.tables = tables;
    this.table = table;
    this.evidence = evidence;
  }

  /** Id in the table; null where the file has no such location. @throws FormatError where what it refers to is missing or damaged */
  idOf(id: number): number | null {
    return this.located.get(id) ?? this.locate(id);
  }

  /** Those that no sample has asked for, in steps. */
  *rest(): Generator<undefined, void, undefined> {
    let count = 0;
    for (const id of this.tables.locationIds()) {
      this.idOf(id);
      if (++count % LOCATIONS_A_STEP === 0) yield;
    }
  }

  private locate(id: number): number | null {
    const { table, tables } = this;
    const raw = tables.location(id);
    if (!raw) return null;
    const { mapping, address, lines } = raw;
    const module = tables.module(mapping);
    const frames: LocatedFrame[] = [];
    for (let at = 0; at < lines.length; at += 2)
      frames.push({ fn: this.functionIn(module, lines[at]!), line: Math.min(lines[at + 1]!, MAX_LINE) });
    if (frames.length === 0) frames.push({ fn: table.internFunction(unresolvedFunction(address, module)), line: 0 });
    const location = address === 0n ? table.named(frames) : table.atAddress(address, () => frames);
    this.located.set(id, location);
    const way = Evidence.wayAt(this.evidence, id - 1);
    if (way !== undefined) table.vouch(location, way);
    return location;
  }

  private functionIn(module: string, id: number): number {
    const known = this.functionIds.get(id);
    if (known?.module === module) return known.fn;
    const { tables } = this;
    const raw = tables.function(id);
    const [name, file, linkageName] = [tables.text(raw.name), tables.text(raw.filename), tables.text(raw.systemName)];
    const category = categoryOf(name, file, module);
    const fn = this.table.internFunction({ name, linkageName, file, startLine: raw.startLine, module, category, unresolved: false });
    this.functionIds.set(id, { module, fn });
    return fn;
  }
}

interface RawFunction {
  /** Texts, by index. */
  readonly name: number;
  readonly systemName: number;
  readonly filename: number;
  readonly startLine: number;
}

interface RawLocation {
  readonly mapping: number;
  readonly address: bigint;
  /** Function id and line of each frame, in turn, innermost first. */
  readonly lines: readonly number[];
}

/** Field 1 of a message, which most writers put first; 0 where there is none. */
function idIn(reader: WireReader): number {
  while (reader.at < reader.end) {
    const tag = reader.varint();
    if (tag === 8) return reader.varint();
    reader.skip(tag & 7);
  }
  return 0;
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

function readFunction(reader: WireReader): RawFunction {
  const [, , name = 0, systemName = 0, filename = 0, startLine = 0] = numbers(reader, 5);
  return { name, systemName, filename, startLine };
}

function readLocation(reader: WireReader): RawLocation {
  const lines: number[] = [];
  let [mapping, address] = [0, 0n];
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
      if (field === 2) mapping = value;
    }
  }
  return { mapping, address, lines };
}
