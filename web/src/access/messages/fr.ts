import type { AccessMessages } from "./en";

export const messages: AccessMessages = {
  with: (host) => `Se connecter chez ${host}`,
  coming: (host) => `Redirection vers ${host}…`,
  byKey: "Ou avec une clé",
  anybody: "Sans vous connecter, vous pouvez :",
  nothing: "Sans vous connecter, vous ne pouvez rien faire ici.",
  unreachable: (host) => `${host} est injoignable. Réessayez dans un instant, ou connectez-vous avec une clé.`,
  failedTitle: "Vous n’êtes pas connecté",
  failed: "La connexion a été annulée, a pris trop de temps, ou n’a pas commencé dans cette fenêtre.",
  refused:
    "Vous êtes connecté là-bas, mais l’API n’a pas accepté cette connexion. Réessayez plus tard, ou adressez-vous à l’exploitant de ce site.",
  unanswered: "Vous êtes connecté là-bas, mais le serveur de ce site est injoignable. Recommencez dans un instant.",
  restart: "Recommencer",
  againTitle: "Vous êtes de nouveau connecté",
  again: "La fenêtre où votre connexion avait expiré reprend. Vous pouvez fermer celle-ci.",
};
