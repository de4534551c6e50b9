import "./app/global.css";

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { startTransition, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider } from "react-router";

import { createQueries } from "./api/queries";
import { isServed } from "./api/served";
import { Announcer } from "./app/Announcer";
import { formatsOf } from "./i18n/formats";
import { LanguageProvider } from "./i18n/LanguageProvider";
import { type Language, languageHere, messagesIn } from "./i18n/languages";
import { takeServedListings } from "./listings/queries";
import { takeServedPrices } from "./prices/queries";
import { routes } from "./routes";
import { breath } from "./ui/breath";

type Router = ReturnType<typeof createBrowserRouter>;

async function startIn(place: HTMLElement): Promise<void> {
  await breath();
  const queries = createQueries();
  await breath();
  if (isServed()) await takeServed(queries);
  await breath();
  const router = createBrowserRouter(routes(queries)); // it begins to load the page
  const language = languageHere();
  const [messages] = await Promise.all([messagesIn(language), untilLoaded(router), formatFirst(language)]);
  await breath();
  const root = createRoot(place);
  // what the server has put there stays until all is drawn; a transition is drawn in small pieces
  startTransition(() => {
    root.render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <LanguageProvider language={language} messages={messages}>
            <Announcer>
              <RouterProvider router={router} />
            </Announcer>
          </LanguageProvider>
        </QueryClientProvider>
      </StrictMode>,
    );
  });
}

async function takeServed(queries: QueryClient): Promise<void> {
  for (const take of [takeServedListings, takeServedPrices]) {
    await breath();
    take(queries);
  }
}

/** The first format of a page takes as long as all else that is drawn. */
async function formatFirst(language: Language): Promise<void> {
  await breath();
  formatsOf(language).number(0);
}

function untilLoaded(router: Router): Promise<void> {
  if (router.state.initialized) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = router.subscribe(({ initialized }) => {
      if (!initialized) return;
      stop();
      resolve();
    });
  });
}

const place = document.getElementById("app") as HTMLElement;
startIn(place).catch((error: unknown) => {
  console.error(error);
  dispatchEvent(new Event("unstarted")); // the page itself, index.html, says so
});
