import iconUrl from './logo.svg';

export function Logo({ size = 26 }: { size?: number }) {
  return <img src={iconUrl} alt="" width={size} height={size} style={{ display: 'block' }} />;
}
