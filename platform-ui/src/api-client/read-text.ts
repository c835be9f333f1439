/** The text of an answer, as far as `limitBytes`; the rest is not waited for. */
export async function readText(
  response: Response,
  limitBytes: number,
): Promise<{ text: string; isCut: boolean }> {
  if (response.body === null) return { text: '', isCut: false };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isCut: false };
    text += decoder.decode(value.subarray(0, limitBytes - bytes), { stream: true });
    bytes += value.length;
    if (bytes > limitBytes) {
      await reader.cancel().catch(() => undefined);
      return { text, isCut: true };
    }
  }
}
