import { app } from "web_shared/vite";

export default app({ base: "/winkel/", folder: "shop", serviceWorker: "src/service-worker.ts" });
