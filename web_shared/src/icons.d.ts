/** The icons that `vite.ts` reads from the library: the inner markup of each, by our name of it. */
declare module "virtual:icons" {
  export type IconName = keyof typeof import("./design/icons.json");
  const drawings: Record<IconName, string>;
  export default drawings;
}
