// Shows /api/v1/openapi.json: plain DOM, because this page has to work under our own content security policy.
"use strict";

const make = (tag, text, className) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
};

const nameOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return schema.anyOf.map(nameOf).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `[${nameOf(schema.items)}]`;
  return schema.format ?? schema.type ?? "any";
};

const resolve = (schemas, schema) => (schema?.$ref ? schemas[nameOf(schema)] : schema) ?? {};

const fieldsOf = (schemas, schema) => {
  const resolved = resolve(schemas, schema);
  const needed = new Set(resolved.required ?? []);
  return Object.entries(resolved.properties ?? {}).map(([name, field]) => [
    name,
    nameOf(field),
    [needed.has(name) ? "needed" : "", field.description ?? ""].filter(Boolean).join(". "),
  ]);
};

const table = (rows) => {
  const element = make("table");
  for (const cells of rows) {
    const row = element.appendChild(make("tr"));
    cells.forEach((cell, place) => row.append(make("td")));
    cells.forEach((cell, place) => row.children[place].append(place === 0 ? make("code", cell) : make("span", cell)));
  }
  return element;
};

const schemaIn = (content) => Object.values(content ?? {})[0]?.schema;

function showOperation(schemas, path, method, operation) {
  const box = make("details");
  const summary = box.appendChild(make("summary"));
  summary.append(make("span", method.toUpperCase(), "method"), make("code", path), make("span", operation.summary ?? "", "quiet"));
  box.dataset.words = `${method} ${path} ${operation.summary ?? ""}`.toLowerCase();
  if (operation.description) box.append(make("p", operation.description));
  box.append(make("p", operation.security ? "Needs a session or a token." : "Needs no sign-in.", "quiet"));
  if (operation.parameters?.length)
    box.append(table(operation.parameters.map((each) => [each.name, `${nameOf(each.schema)} (${each.in})`, each.description ?? ""])));
  const body = schemaIn(operation.requestBody?.content);
  if (body) box.append(make("p", `Body: ${nameOf(body)}`), table(fieldsOf(schemas, body)));
  for (const [code, answer] of Object.entries(operation.responses)) {
    const schema = schemaIn(answer.content);
    box.append(make("p", `${code} ${answer.description}`));
    if (schema && Number(code) < 300) box.append(table(fieldsOf(schemas, schema)));
  }
  return box;
}

function show(description) {
  document.getElementById("about").textContent = description.info.description;
  const groups = new Map();
  for (const [path, operations] of Object.entries(description.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(showOperation(description.components.schemas, path, method, operation));
    }
  const routes = document.getElementById("routes");
  routes.replaceChildren();
  for (const [tag, boxes] of [...groups].sort()) {
    const section = routes.appendChild(make("section"));
    section.append(make("h2", tag), ...boxes);
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const box of routes.querySelectorAll("details")) box.hidden = !box.dataset.words.includes(wanted);
  });
}

fetch("/api/v1/openapi.json")
  .then((answer) => answer.json())
  .then(show)
  .catch(() => {
    document.getElementById("routes").textContent = "The document could not be loaded. Reload the page to try again.";
  });
