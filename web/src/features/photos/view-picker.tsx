import { photoViews, viewNames, type PhotoView } from './photo-queries.ts'

interface ViewPickerProps {
  label: string
  view: PhotoView
  onViewChange: (view: PhotoView) => void
}

/** Which side of the face: one touch, in the order in which a series is taken. */
export function ViewPicker({ label, view, onViewChange }: ViewPickerProps) {
  return (
    <fieldset className="n-views">
      <legend>{label}</legend>
      {photoViews.map((choice) => (
        <label key={choice} className="n-views__choice" data-checked={choice === view}>
          <input type="radio" name={label} checked={choice === view} onChange={() => onViewChange(choice)} />
          {viewNames[choice]}
        </label>
      ))}
    </fieldset>
  )
}
