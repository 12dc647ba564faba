/** A sheet to begin with. Its stores are those of the sample store list. */
export const SAMPLE_SHEET = `\uFEFFStore ID,Visit Time,Photo Links,Reference,Merchandiser
RP00002,2026-11-27 09:10,https://www.gstatic.com/webp/gallery/1.jpg,V-1001,Anita R.
RP00002,2026-11-27 09:10,https://www.gstatic.com/webp/gallery/2.jpg,V-1001,Anita R.
RP00003,2026-11-27 09:40,https://www.gstatic.com/webp/gallery/3.jpg,V-1002,Suresh K.
`;
