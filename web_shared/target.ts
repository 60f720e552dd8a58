import workspace from "../package.json" with { type: "json" };

/** The oldest browsers that are supported: scripts and styles are built for them. */
export const TARGET = workspace.browserslist.map((each) => each.replace(" >= ", ""));
