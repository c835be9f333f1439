import { useParams } from 'react-router';
import type { FunctionKey } from '../../../paths.ts';

/** The function that the page's address names. */
export function useFunctionKey(): FunctionKey {
  const { project = '', name = '' } = useParams();
  return { project, name };
}
