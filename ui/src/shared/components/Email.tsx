/** A mail address: broken after its « @ » when it must be, never at a hyphen, which would read as part of it. */
export function Email({ adresse }: { adresse: string }) {
  const at = adresse.lastIndexOf('@') + 1
  return (
    <>
      <span className="el-insecable">{adresse.slice(0, at)}</span>
      <wbr />
      <span className="el-insecable">{adresse.slice(at)}</span>
    </>
  )
}
