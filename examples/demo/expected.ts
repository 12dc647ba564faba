/** What the demo expects of each file that it serves: its true size, or the code of its failure. */
export type Expected = { readonly width: number; readonly height: number } | { readonly errorCode: string };

/** A visit of the demo's job. The ids are of the sample store master; one of them is not. */
export interface DemoVisit {
  readonly storeId: string;
  readonly files: readonly string[];
}

export const EXPECTED: Readonly<Record<string, Expected>> = {
  'shelf-cereal.png': { width: 800, height: 600 },
  'cooler-drinks.jpg': { width: 1024, height: 768 },
  'entrance.webp': { width: 640, height: 480 },
  'promo-stand.gif': { width: 320, height: 240 },
  'price-tags.bmp': { width: 200, height: 150 },
  'endcap.tiff': { width: 300, height: 420 },
  'logo.ico': { width: 64, height: 64 },
  'checkout.avif': { width: 480, height: 360 },
  // 10 cm × 5 cm at 96 pixels to the inch.
  'planogram.svg': { width: 378, height: 189 },
  'lost-in-the-mail.jpg': { errorCode: 'http_status' },
  'note.jpg': { errorCode: 'not_an_image' },
};

export const VISITS: readonly DemoVisit[] = [
  { storeId: 'RP00002', files: ['shelf-cereal.png', 'cooler-drinks.jpg', 'entrance.webp'] },
  { storeId: 'RP00017', files: ['promo-stand.gif', 'price-tags.bmp', 'lost-in-the-mail.jpg'] },
  { storeId: 'RP00041', files: ['endcap.tiff', 'logo.ico', 'checkout.avif', 'planogram.svg', 'note.jpg'] },
  { storeId: 'XX99999', files: ['shelf-cereal.png'] },
];
