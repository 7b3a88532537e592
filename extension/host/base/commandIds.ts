/** Every command of the extension. package.json contributes exactly these (commandIds.test.ts). */
export const commandIds = [
  'ringside.addHost',
  'ringside.testHost',
  'ringside.editHosts',
  'ringside.refresh',
  'ringside.profile',
  'ringside.profileFile',
  'ringside.profileAgain',
  'ringside.stop',
  'ringside.cancel',
  'ringside.saveCapture',
  'ringside.export',
  'ringside.compareCaptures',
  'ringside.compareWith',
  'ringside.openCapture',
  'ringside.openRecent',
  'ringside.chooseSymbols',
  'ringside.trustSymbols',
  'ringside.lineHeat',
  'ringside.nextHotLine',
  'ringside.previousHotLine',
  'ringside.showLog',
] as const;

export type CommandId = (typeof commandIds)[number];
