/** Follows the frames that a server sends on a WebSocket (RFC 6455, 5.2), since a frame of ours may only stand between two. */
export interface Frames {
  passed(chunk: Buffer): void;
  isBetweenFrames(): boolean;
  /** No message has begun that has not ended. */
  isBetweenMessages(): boolean;
  /** The server has sent its own close frame. */
  hasClosed(): boolean;
  /** How many bytes of the chunk go up to the end of the first message that ends in it, or 0. */
  boundaryIn(chunk: Buffer): number;
}

/** Close, 1001 "going away", as a server sends it: unmasked. */
export const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

interface Position {
  /** The head of the frame at hand, as far as it has come. */
  readonly head: number[];
  payloadLeft: number;
  isInMessage: boolean;
  hasClosed: boolean;
}

export const followFrames = (): Frames => {
  let position: Position = { head: [], payloadLeft: 0, isInMessage: false, hasClosed: false };
  const isBetweenFrames = (at: Position): boolean => at.head.length === 0 && at.payloadLeft === 0;
  const isBetweenMessages = (at: Position): boolean => isBetweenFrames(at) && !at.isInMessage;
  return {
    passed(chunk) {
      for (let at = 0; at < chunk.length; ) at += step(position, chunk, at);
    },
    isBetweenFrames: () => isBetweenFrames(position),
    isBetweenMessages: () => isBetweenMessages(position),
    hasClosed: () => position.hasClosed,
    boundaryIn(chunk) {
      const before = { ...position, head: [...position.head] };
      let at = 0;
      do at += step(position, chunk, at);
      while (at < chunk.length && !isBetweenMessages(position));
      const isBoundary = isBetweenMessages(position);
      position = before;
      return isBoundary ? at : 0;
    },
  };
};

/** Takes one byte of a head or as much as there is of a payload; says how many bytes that was. */
const step = (position: Position, chunk: Buffer, at: number): number => {
  if (position.payloadLeft > 0) {
    const taken = Math.min(position.payloadLeft, chunk.length - at);
    position.payloadLeft -= taken;
    return taken;
  }
  position.head.push(chunk[at] ?? 0);
  const length = payloadLength(position.head);
  if (length !== null) {
    begin(position, position.head[0] ?? 0);
    position.payloadLeft = length;
    position.head.length = 0;
  }
  return 1;
};

const begin = (position: Position, first: number): void => {
  const [isFinal, opcode] = [(first & 0x80) !== 0, first & 0x0f];
  if (opcode === 0x8) position.hasClosed = true;
  // Control frames (8 and above) may stand within a message and change nothing about it.
  if (opcode < 0x8) position.isInMessage = !isFinal;
};

/** Null until the head is whole: two bytes, the longer forms of the length, and a mask (which a server does not send). */
const payloadLength = (head: readonly number[]): number | null => {
  const [, second] = head;
  if (second === undefined) return null;
  const short = second & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  if (head.length < 2 + lengthBytes + ((second & 0x80) !== 0 ? 4 : 0)) return null;
  return lengthBytes === 0 ? short : head.slice(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
};
