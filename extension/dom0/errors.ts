/** What can go wrong between here and dom0, each with a code that tests and views can rely on. */
export type Dom0ErrorCode =
  // ssh
  | 'no-ssh'
  | 'bad-destination'
  | 'bad-ssh-config'
  | 'unresolved-host'
  | 'refused'
  | 'unreachable'
  | 'timed-out'
  | 'host-closed'
  | 'no-common-algorithm'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'permission-denied'
  | 'key-permissions'
  /** By the caller's signal. */
  | 'cancelled'
  /** At a question of ssh: no answer, or No to a host's key. */
  | 'declined'
  | 'askpass-failed'
  | 'connection-lost'
  | 'no-session'
  | 'ssh-failed'
  // dom0
  | 'no-python'
  | 'python-incomplete'
  | 'no-sudo'
  | 'sudo-password'
  | 'sudo-denied'
  | 'no-agent'
  | 'agent-killed'
  | 'agent-silent'
  | 'agent-failed'
  // the agent's own words (agent/*.py)
  | (string & {});

/** `message` says what failed and the next step; `remedy` is the next step alone. */
export class Dom0Error extends Error {
  override readonly name = 'Dom0Error';
  readonly code: Dom0ErrorCode;
  readonly what: string;
  readonly remedy: string;

  constructor(code: Dom0ErrorCode, what: string, remedy: string, options?: ErrorOptions) {
    super(remedy ? `${what} ${remedy}` : what, options);
    this.code = code;
    this.what = what;
    this.remedy = remedy;
  }
}
