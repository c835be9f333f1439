import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// The usual second is too short where two files share each core.
configure({ asyncUtilTimeout: 10_000 });
afterEach(cleanup);
