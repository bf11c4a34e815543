import { createPage, type Page } from './catalogue.ts';

/**
 * The built page refers to its files relative to itself (`./assets/…`). Which release it is, is known only now; its
 * assets get addresses of their own, by which a proxy can bring a request for one to the release that has it.
 */
export async function indexPageOf(built: Page, assetsPath: string): Promise<Page> {
  const html = (await built.bytes('identity')).toString('utf8');
  const addressed = html
    .replaceAll(/(src|href)="\.\/assets\//g, `$1="${assetsPath}`)
    .replaceAll(/(src|href)="\.\//g, '$1="/');
  return createPage('.html', Buffer.from(addressed));
}
