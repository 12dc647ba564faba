export const DAY_MS = 86_400_000;
export const MIB = 1_048_576;
export const GIB = 1_073_741_824;
export const TIB = 1_099_511_627_776;
