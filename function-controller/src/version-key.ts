/** How the controller's books name one version of one function. */
export function versionKey(functionId: string, version: number): string {
  return `${functionId}/${version}`;
}
