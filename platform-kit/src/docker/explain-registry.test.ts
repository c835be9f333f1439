import { expect, test } from 'vitest';
import { explainRegistry } from './explain-registry.ts';

test.each([
  ['unauthorized: authentication required', /REGISTRY_USERNAME and REGISTRY_PASSWORD/],
  ['no basic auth credentials', /REGISTRY_PASSWORD/],
  ['GET /v2/_catalog?n=1000&last=: status 401', /REGISTRY_PASSWORD/],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', /certs\.d\/r\.test:5000\/ca\.crt/],
  ['SELF_SIGNED_CERT_IN_CHAIN self-signed certificate in certificate chain', /REGISTRY_CA_FILE/],
  ['http: server gave HTTP response to HTTPS client', /plain HTTP.*REGISTRY_ENGINE_HOST/],
  ['dial tcp 127.0.0.1:5577: connect: connection refused', /REGISTRY_URL and REGISTRY_ENGINE_HOST/],
  ['getaddrinfo ENOTFOUND registry', /REGISTRY_URL/],
  ['write /var/lib/registry/x: no space left on device', /disk is full/],
  ['something new', /See that it runs/],
])('of "%s" it names what to look at', (problem, told) => {
  expect(explainRegistry(problem, 'r.test:5000')).toMatch(told);
}); // prettier-ignore
