package main

// givenNames, familyNames and sentences are what texts are made of.
var (
	givenNames  = []string{"Camille", "Nadia", "Hugo", "Inès", "Karim", "Léa", "Thomas", "Élodie", "Yves", "Agnès", "Marc", "Sophie", "Bernard"}
	familyNames = []string{"Roussel", "Benali", "Lambert", "Moreau", "Haddad", "Caron", "Petit", "Fontaine", "Marchand", "Renard", "Olivier",
		"Girard", "Colin", "Aubry", "Dubois", "Blanc", "Perrot", "Faure", "Lefèvre", "Weber", "Garnier", "Delaunay", "Morvan"}
	sentences = []string{
		"Depuis ce matin, la page tourne puis affiche une erreur d’écriture dans la base de données.",
		"Le cours ne s’ouvre plus pour les étudiants de deuxième année.",
		"Pouvez-vous vérifier les droits de mon groupe sur l’espace partagé ?",
		"J’ai essayé avec deux navigateurs et après un redémarrage, sans succès.",
		"La réunion commence à quatorze heures et la salle doit être prête avant.",
		"Le message indique que le quota de la boîte est dépassé.",
		"Nous avons besoin d’un accès pour une collègue qui arrive lundi.",
		"La vidéo se charge, mais le son reste coupé sur tous les postes.",
		"Merci de me rappeler sur mon poste, je suis présent jusqu’à midi.",
		"Le certificat semble expiré depuis la mise à jour de la nuit.",
		"Les inscriptions sont bloquées à la deuxième étape du formulaire.",
		"Une capture d’écran est jointe, avec l’heure exacte de l’incident.",
		"Le lecteur réseau a disparu après le changement de mot de passe.",
		"Un redémarrage du service a suffi, mais le problème revient chaque jour.",
		"L’export ne contient que la moitié des réponses attendues.",
		"Je peux travailler autrement, mais une échéance approche.",
		"La connexion sans fil est lente dans tout le bâtiment C.",
		"Le compte de l’enseignant invité n’apparaît pas dans l’annuaire.",
		"Nous avons relancé la synchronisation et surveillons le journal.",
		"Tout fonctionne à nouveau depuis dix heures, merci de confirmer.",
	}
)
