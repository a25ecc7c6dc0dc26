// The one entry: starts what every page has. Pages with more (the till) add a module of their own.
import { startDrafts } from "./drafts.js";
import { startKeys } from "./keys.js";
import { startMenus } from "./menus.js";
import { startOnce } from "./once.js";
import { startScanner } from "./scanner.js";
import { startSoundSwitch } from "./sound.js";
import { startTheme } from "./theme.js";

// The scanner listens first: it must be able to swallow the Enter that ends a scan.
startScanner(document);
startKeys(document);
startMenus(document);
startOnce(document);
startDrafts(document);
startSoundSwitch(document);
startTheme(document);
