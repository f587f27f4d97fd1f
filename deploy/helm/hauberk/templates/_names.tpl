{{- define "hauberk.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "hauberk.selector" -}}
app.kubernetes.io/name: hauberk
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "hauberk.labels" -}}
{{ include "hauberk.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "hauberk.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "hauberk.secret" -}}
{{ .Values.secret.existing | default (printf "%s-secrets" (include "hauberk.name" .)) }}
{{- end }}

{{/* A pod of one role: root, role, command, resources, environment, probes, volumes. */}}
{{- define "hauberk.pod" -}}
metadata:
  labels:
    {{- include "hauberk.labels" . | nindent 4 }}
  annotations:
    checksum/settings: {{ include (print .root.Template.BasePath "/settings.yaml") .root | sha256sum }}
spec:
  automountServiceAccountToken: false
  serviceAccountName: {{ include "hauberk.name" .root }}
  terminationGracePeriodSeconds: 60
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: { type: RuntimeDefault }
  {{- with .root.Values.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "hauberk.selector" . | nindent 10 }}
  {{- if .restartPolicy }}
  restartPolicy: {{ .restartPolicy }}
  {{- end }}
  containers:
    - name: {{ .role }}
      image: {{ include "hauberk.image" .root | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: {{ toJson .args }}
      envFrom:
        - configMapRef: { name: {{ include "hauberk.name" .root }}-settings }
      env:
        - name: HAUBERK_HOME
          value: /var/lib/hauberk
        {{- range $name, $value := .environment }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources: {{ toYaml .resources | nindent 8 }}
      {{- if eq .role "api" }}
      ports:
        - { name: http, containerPort: 8000 }
      startupProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 3
        timeoutSeconds: 5
        failureThreshold: 1
      {{- end }}
      volumeMounts:
        - { name: home, mountPath: /var/lib/hauberk }
        - { name: temporary, mountPath: /tmp }
        - { name: secrets, mountPath: /run/secrets, readOnly: true }
  volumes:
    {{- if ne .role "archiver" }}
    - name: home
      emptyDir: { sizeLimit: {{ .root.Values.scratch }} }
    {{- end }}
    - name: temporary
      emptyDir: { sizeLimit: 2Gi }
    - name: secrets
      secret: { secretName: {{ include "hauberk.secret" .root }}, defaultMode: 0440 }
{{- end }}
