/** The text of a message with the way back. */
export const undoMessage = (text: string, undo: () => void) => (
  <span className="n-undo">
    {text}
    <button type="button" className="n-plain n-undo__button" onClick={undo}>
      Undo
    </button>
  </span>
)
