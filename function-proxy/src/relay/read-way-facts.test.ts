import { expect, it } from 'vitest';
import { localAddresses } from './read-way-facts.ts';

it('localAddresses() reads the addresses of this host, those of idle bridges too, and no others', () => {
  const table = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     |-- 172.17.0.0
        /16 link UNICAST
Local:
  +-- 127.0.0.0/8 2 0 2
     |-- 127.0.0.1
        /32 host LOCAL
  +-- 172.17.0.0/16 2 0 2
     |-- 172.17.0.1
        /32 host LOCAL
     |-- 172.17.255.255
        /32 link BROADCAST
`;
  expect(localAddresses(table)).toEqual(['127.0.0.1', '172.17.0.1']);
});
