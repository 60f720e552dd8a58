import { app } from "web_shared/vite";

const { build, ...page } = app({ base: "/over-deze-brief/", folder: "paper" });

/** The page that shows what is left on paper, which uses the app's code and none of its files. */
export default { ...page, root: "paper", build: { ...build, outDir: "../../backend/kindpakket/web/paper" } };
