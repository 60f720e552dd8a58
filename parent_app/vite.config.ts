import { app } from "web_shared/vite";

export default app({ base: "/", folder: "parent", serviceWorker: "src/service-worker.ts" });
